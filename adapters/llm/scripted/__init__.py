"""An OpenAI-compatible server that follows a script: for our tests, the demo, and the tests of users."""

from adapters.llm.scripted.script import Fault, Rule, Script, load_script
from adapters.llm.scripted.server import ScriptedServer

__all__ = ["Fault", "Rule", "Script", "ScriptedServer", "load_script"]
