import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.WildcardQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Lucene Monitor over the rules and articles of bench/matcher.py. Arguments: rules.json
 * articles.json term|multipass. Each line of standard input is a command (warm S, run, matches FILE,
 * swap N, memory), each line of standard output its answer. Times are CPU time of this thread.
 */
public final class MonitorBench {
    record Article(String headline, String body, String source, String language) {}

    private static final StandardAnalyzer ANALYZER = new StandardAnalyzer();
    private final List<Article> articles = new ArrayList<>();
    private final JsonNode rules;
    private final Monitor monitor;
    private final double buildSeconds;

    private MonitorBench(String rulesFile, String articlesFile, boolean multipass) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        for (JsonNode a : mapper.readTree(new File(articlesFile)))
            articles.add(new Article(a.get(0).asText(), a.get(1).asText(), a.get(2).asText(), a.get(3).asText()));
        rules = mapper.readTree(new File(rulesFile));
        TermWeightor rarest = rarestFirst();
        Presearcher presearcher = multipass
            ? new MultipassTermFilteredPresearcher(4, 0, rarest, new ArrayList<>(), new HashSet<>())
            : new TermFilteredPresearcher(rarest, new ArrayList<>(), new HashSet<>());
        long start = now();
        monitor = new Monitor(ANALYZER, presearcher, new MonitorConfiguration().setPurgeFrequency(60, TimeUnit.MINUTES));
        List<MonitorQuery> queries = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) queries.add(new MonitorQuery(Integer.toString(i), query(rules.get(i), "all")));
        monitor.register(queries);
        buildSeconds = (now() - start) / 1e9;
    }

    /** Weighs terms by the document frequencies that the other side gets: a query is indexed under its rarest. */
    private TermWeightor rarestFirst() throws Exception {
        Map<String, Integer> frequencies = new HashMap<>();
        for (Article a : articles) {
            Set<String> seen = new HashSet<>();
            try (TokenStream tokens = ANALYZER.tokenStream("all", a.headline() + "\n" + a.body())) {
                CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
                tokens.reset();
                while (tokens.incrementToken()) seen.add(term.toString());
                tokens.end();
            }
            for (String term : seen) frequencies.merge(term, 1, Integer::sum);
        }
        return term -> 1f / (frequencies.getOrDefault(term.text(), 0) + .1f);
    }

    private static Query query(JsonNode n, String field) {
        String text = n.get(1).asText();
        switch (n.get(0).asText()) {
            case "word": return new TermQuery(new Term(field, text));
            case "phrase": {
                PhraseQuery.Builder phrase = new PhraseQuery.Builder();
                for (JsonNode word : n.get(1)) phrase.add(new Term(field, word.asText()));
                return phrase.build();
            }
            case "wild": return text.endsWith("*") && text.indexOf('?') < 0
                ? new PrefixQuery(new Term(field, text.substring(0, text.length() - 1))) : new WildcardQuery(new Term(field, text));
            case "source": case "lang": return new TermQuery(new Term(n.get(0).asText(), text));
            case "or": case "and": {
                BooleanQuery.Builder all = new BooleanQuery.Builder();
                Occur occur = n.get(0).asText().equals("or") ? Occur.SHOULD : Occur.MUST;
                for (JsonNode part : n.get(1)) {
                    boolean not = part.get(0).asText().equals("not");
                    all.add(query(not ? part.get(1) : part, field), not ? Occur.MUST_NOT : occur);
                }
                return all.build();
            }
            case "headline": return query(n.get(1), "headline");
            case "near": return near(field, n, Intervals.unorderedNoOverlaps(source(n.get(2)), source(n.get(3))));
            case "pre": return near(field, n, Intervals.ordered(source(n.get(2)), source(n.get(3))));
            case "notnear": return new IntervalQuery(field, Intervals.notWithin(source(n.get(2)), n.get(1).asInt(), source(n.get(3))));
            case "atleast": {
                IntervalsSource[] times = new IntervalsSource[n.get(1).asInt()];
                Arrays.fill(times, source(n.get(2)));
                return new IntervalQuery(field, Intervals.ordered(times));
            }
            default: throw new IllegalArgumentException(n.toString());
        }
    }

    private static Query near(String field, JsonNode n, IntervalsSource pair) {
        return new IntervalQuery(field, Intervals.maxgaps(n.get(1).asInt() - 1, pair));
    }

    private static IntervalsSource source(JsonNode n) {
        String text = n.get(1).asText();
        switch (n.get(0).asText()) {
            case "word": return Intervals.term(text);
            case "phrase": return Intervals.phrase(strings(n.get(1)));
            case "wild": return text.endsWith("*") && text.indexOf('?') < 0
                ? Intervals.prefix(new BytesRef(text.substring(0, text.length() - 1))) : Intervals.wildcard(new BytesRef(text));
            case "or": return Intervals.or(StreamSupport.stream(n.get(1).spliterator(), false).map(MonitorBench::source).toArray(IntervalsSource[]::new));
            default: throw new IllegalArgumentException(n.toString());
        }
    }

    private static String[] strings(JsonNode n) {
        return StreamSupport.stream(n.spliterator(), false).map(JsonNode::asText).toArray(String[]::new);
    }

    private static Document document(Article a) {
        Document d = new Document();
        d.add(new TextField("all", a.headline() + "\n" + a.body(), Field.Store.NO));
        d.add(new TextField("headline", a.headline(), Field.Store.NO));
        d.add(new StringField("source", a.source(), Field.Store.NO));
        d.add(new StringField("lang", a.language(), Field.Store.NO));
        return d;
    }

    private static long now() { return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(); }

    private List<Integer> matches(Article a) throws Exception {
        List<Integer> found = new ArrayList<>();
        for (QueryMatch m : monitor.match(document(a), QueryMatch.SIMPLE_MATCHER).getMatches()) found.add(Integer.parseInt(m.getQueryId()));
        return found;
    }

    private String run() throws Exception {
        double[] ms = new double[articles.size()];
        long begun = now();
        for (int i = 0; i < ms.length; i++) {
            long start = now();
            matches(articles.get(i));
            ms[i] = (now() - start) / 1e6;
        }
        double seconds = (now() - begun) / 1e9;
        Arrays.sort(ms);
        return String.format(Locale.ROOT, "{\"rate\":%.2f,\"p50\":%.4f,\"p99\":%.4f}", ms.length / seconds, ms[ms.length / 2], ms[ms.length * 99 / 100]);
    }

    private String swap(int times) throws Exception {
        double[] ms = new double[times];
        Random random = new Random(1);
        for (int i = 0; i < times; i++) {
            Query other = query(rules.get(random.nextInt(rules.size())), "all");
            String id = Integer.toString(random.nextInt(rules.size()));
            long start = now();
            monitor.register(new MonitorQuery(id, other));
            ms[i] = (now() - start) / 1e6;
        }
        Arrays.sort(ms);
        return String.format(Locale.ROOT, "{\"p50\":%.4f,\"max\":%.4f}", ms[times / 2], ms[times - 1]);
    }

    private String memory() throws Exception {
        for (int i = 0; i < 3; i++) System.gc();
        double heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6, resident = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status")))
            if (line.startsWith("VmRSS")) resident = Long.parseLong(line.replaceAll("\\D", "")) / 1e3;
        return String.format(Locale.ROOT, "{\"heap\":%.1f,\"resident\":%.1f,\"build\":%.2f}", heap, resident, buildSeconds);
    }

    private String answer(String[] command) throws Exception {
        switch (command[0]) {
            case "warm": {
                long end = System.nanoTime() + (long) (Double.parseDouble(command[1]) * 1e9);
                while (System.nanoTime() < end) run();
                return "{}";
            }
            case "run": return run();
            case "swap": return swap(Integer.parseInt(command[1]));
            case "memory": return memory();
            case "matches":
                try (PrintWriter out = new PrintWriter(command[1], "UTF-8")) {
                    for (Article a : articles) {
                        List<Integer> found = matches(a);
                        Collections.sort(found);
                        out.println(found);
                    }
                }
                return "{}";
            default: throw new IllegalArgumentException(command[0]);
        }
    }

    public static void main(String[] arguments) throws Exception {
        MonitorBench it = new MonitorBench(arguments[0], arguments[1], arguments[2].equals("multipass"));
        System.out.println("{}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) System.out.println(it.answer(line.trim().split(" ")));
        System.exit(0);
    }
}
