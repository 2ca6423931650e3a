"""`flask transcripts …`. Each command's module is imported only when it is called: the web process needs none."""

from importlib import import_module

import click
from flask.cli import AppGroup

COMMANDS = {
    "import": ("transcripts.commands.importing", "import_transcript"),
    "convert": ("transcripts.commands.model_conversion", "convert_model"),
    "map": ("transcripts.commands.mapping", "map_transcript"),
    "models": ("transcripts.commands.model_store", "models"),
    "transcribe": ("transcripts.commands.transcription", "transcribe_recording"),
}


class LazyGroup(AppGroup):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


transcripts_commands = LazyGroup("transcripts", help="Turn recordings into text, and text into answers.")
