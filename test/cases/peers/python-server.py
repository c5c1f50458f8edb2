# A server on the package json-rpc of Python: one line of stdin is a request, one of stdout its answer.
import sys

from jsonrpc import Dispatcher, JSONRPCResponseManager

methods = Dispatcher()


@methods.add_method
def subtract(minuend, subtrahend):
    return minuend - subtrahend


@methods.add_method
def fail():
    raise ValueError("on purpose")


for line in sys.stdin:
    answer = JSONRPCResponseManager.handle(line, methods)
    if answer is not None:
        print(answer.json, flush=True)
