"""A load generator: so many callers, each asking again as soon as it is answered.

Plain sockets in a process of its own, so that asking costs little of the machine measured:
`python -m bench.asking HOST PORT PATH CALLERS SECONDS`, with headers and bodies on stdin.
"""

import asyncio
import json
import sys
import time

WARM_UP = 0.2  # of the time


async def main() -> None:
    host, port, path, callers, seconds = sys.argv[1:]
    asked = json.load(sys.stdin)
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in asked["headers"].items())
    requests = [
        f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        for body in asked["bodies"]
    ]
    began = time.perf_counter()
    measured = (began + WARM_UP * float(seconds), began + float(seconds))
    each = [
        caller(host, int(port), requests[number:] + requests[:number], measured)
        for number in range(int(callers))
    ]
    latencies = sorted(one for many in await asyncio.gather(*each) for one in many)
    print(json.dumps({"latencies": latencies, "seconds": measured[1] - measured[0]}))


async def caller(
    host: str, port: int, requests: list[bytes], measured: tuple[float, float]
) -> list[float]:
    """The latencies of one caller's requests that ended in the measured time."""
    reader, writer = await asyncio.open_connection(host, port)
    latencies, number = [], 0
    while (sent := time.perf_counter()) < measured[1]:
        writer.write(requests[number % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(length(head))
        now = time.perf_counter()
        if measured[0] <= now <= measured[1]:
            latencies.append(now - sent)
        number += 1
    writer.close()
    return latencies


def length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise ValueError(f"no length in {head!r}")


if __name__ == "__main__":
    asyncio.run(main())
