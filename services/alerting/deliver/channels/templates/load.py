"""Load a folder of templates, one file for each channel, and try each on every sample."""

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, pass_environment
from jinja2.environment import Environment
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.alerting.deliver.channels.message.content import compose
from services.alerting.deliver.channels.message.plain_text import printable
from services.alerting.deliver.channels.message.shorten import clip
from services.alerting.deliver.channels.mrkdwn import bold_marks, link, literal
from services.alerting.deliver.channels.templates.macros import PARTS, MessageTemplate
from services.alerting.deliver.channels.templates.samples import SAMPLES
from shared.base.exits import ConfigurationError
from shared.files.yaml_document import did_you_mean
from shared.messages.schemas import Excerpt

MAX_BYTES: Final = 64 * 1024
_SOURCE: Final = "<template>"
"""The file name that Jinja gives a template which was made from a text."""
_MISSING: Final = re.compile(r"'[\w.]*?(\w+) object' has no attribute '(\w+)'")


class _ChannelText(str):
    """Text in a channel's own markup, which is not escaped again."""

    __slots__ = ()


def load_templates(folder: Path) -> Mapping[str, MessageTemplate]:
    """Return the template of each channel that has a file, ``slack.j2`` or ``email.j2``.

    ConfigurationError lists what is wrong with any of them: syntax, an unknown macro, a name that
    the message does not have.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"TEMPLATES_DIR: {folder} is not a folder")
    templates, problems = dict[str, MessageTemplate](), list[str]()
    for path in sorted(folder.glob("*.j2")):
        try:
            templates[path.stem] = load_template(path, path.stem)
        except ConfigurationError as error:
            problems.append(str(error))
    if problems:
        raise ConfigurationError("\n".join(problems))
    return templates


def load_template(path: Path, channel: str) -> MessageTemplate:
    """Return a channel's template. ConfigurationError says where it is wrong and how to fix it."""
    if channel not in PARTS:
        names = " and ".join(f"{name}.j2" for name in PARTS)
        raise ConfigurationError(f"{path}: no channel has such a template; there are {names}")
    source = _read(path)
    if len(source) > MAX_BYTES:
        raise ConfigurationError(f"{path}: longer than {MAX_BYTES} characters")
    environment = _ENVIRONMENTS[channel]()
    try:
        built = environment.from_string(source)
        module = built.module
    except TemplateSyntaxError as error:
        raise ConfigurationError(f"{path}:{error.lineno}: {error.message}") from None
    except Exception as error:  # noqa: BLE001 - a template may fail in any way
        raise ConfigurationError(f"{path}: {type(error).__name__}: {error}") from None
    macros = {
        name: partial(_call, macro)
        for name, macro in vars(module).items()
        if not name.startswith("_") and callable(macro)
    }
    _check_names(path, channel, macros)
    template = MessageTemplate(macros)
    _try_samples(path, template, built.get_corresponding_lineno)
    return template


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return data.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte {error.start} of the file is {data[error.start]:#04x}"
        message = f"not UTF-8: {byte}; save the file as UTF-8"
        raise ConfigurationError(f"{path}:{line}: {message}") from None


def _check_names(path: Path, channel: str, macros: Mapping[str, object]) -> None:
    unknown = sorted(macros.keys() - set(PARTS[channel]))
    if unknown:
        known = ", ".join(PARTS[channel])
        raise ConfigurationError(f"{path}: there is no part {unknown[0]!r}; there are {known}")


def _try_samples(path: Path, template: MessageTemplate, to_line: Callable[[int], int]) -> None:
    """Render every part of every sample, so that a mistake shows at the start and not at night.

    ``to_line`` returns the template's line of a line of the code that Jinja makes of it.
    """
    for kind, post in SAMPLES.items():
        content = compose(post, "https://board.example")
        values = [(part, content) for part in template.macros if part != "rule"]
        if "rule" in template.macros:
            values += [("rule", rule) for rule in content.rules]  # type: ignore[misc]  # any value
        for part, value in values:
            try:
                template.render(part, value)
            except TEMPLATE_ERRORS as error:
                number = _line_of(error)
                place = f"{path}:{to_line(number)}" if number else str(path)
                reason = _reason(error, value)
                raise ConfigurationError(f"{place}: {part} of a {kind}: {reason}") from None


def _line_of(error: BaseException) -> int | None:
    """Return the line of Jinja's code on which it failed; None if it was not in there."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((each.lineno for each in reversed(frames) if each.filename == _SOURCE), None)


def _reason(error: BaseException, value: object) -> str:
    """Return why it failed; of a name that does not exist, which ones do."""
    missing = _MISSING.fullmatch(str(error))
    if missing is None:
        return str(error) or type(error).__name__
    if missing[1] != type(value).__name__ or not is_dataclass(value):  # of a part of it
        return f"there is no {missing[2]} here"
    names = [each.name for each in fields(value)]
    hint = did_you_mean(missing[2], names) or f"there are {', '.join(names)}"
    return f"there is no {missing[2]} here; {hint}"


TEMPLATE_ERRORS: Final = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What a macro can raise."""


def _call(macro: Callable[[Any], str], value: object) -> str:
    return macro(value)


def _slack_environment() -> Environment:
    environment = _environment(literal)
    environment.filters |= {
        "link": lambda text, url: _ChannelText(link(url, str(text))),
        "bold": _bold,
    }
    return environment


def _email_environment() -> Environment:
    return _environment(printable)


def _environment(escape: Callable[[str], str]) -> Environment:
    """Return a sandbox in which every text is escaped but a channel's own."""

    def finalize(value: object) -> object:
        return value if isinstance(value, _ChannelText) else escape(str(value))

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clip"] = clip
    environment.filters["join"] = _join
    return environment


@pass_environment
def _join(environment: Environment, values: Any, separator: str = "") -> _ChannelText:
    """Join values, each of them escaped unless it is the channel's own text."""
    finalize = environment.finalize or str
    return _ChannelText(separator.join(str(finalize(each)) for each in values))


def _bold(excerpt: Excerpt | None) -> _ChannelText:
    if excerpt is None:
        return _ChannelText("")
    return _ChannelText(bold_marks(excerpt.text, excerpt.marks))


_ENVIRONMENTS: Final = {"slack": _slack_environment, "email": _email_environment}
