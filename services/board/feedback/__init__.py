"""The pages behind the links in messages: acknowledge, wrong, silence. They need no script."""
