"""The asynchronous client is the synchronous one, awaited: same operations, same arguments, same platform."""

import asyncio
import inspect
from functools import cached_property

import httpx
import pytest

from portico_sdk import AsyncPortico, AsyncResults, NotFoundError, Portico, StaleError
from portico_sdk.aio import AsyncEventStream
from tests.sdk.test_sdk_against_the_platform import BASE, arguments, operations_of_the_sdk
from tests.support.async_sdk import all_made


class InProcess(httpx.AsyncBaseTransport):
    """The platform behind WSGI, asked from an event loop."""

    def __init__(self, app):
        self._wsgi = httpx.WSGITransport(app=app)

    async def handle_async_request(self, request):
        content = await request.aread()
        whole = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        answer = self._wsgi.handle_request(whole)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())


def test_the_generated_files_are_fresh():
    stale = [path.name for path, text in all_made().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run python -m tests.support.async_sdk"


def test_a_day_of_an_agent(app, cast):
    async def day():
        http = httpx.AsyncClient(transport=InProcess(app))
        token = cast.token("support_admin")
        async with AsyncPortico(token, base_url=BASE, http_client=http, max_retries=0) as client:
            email = {"kind": "email", "value": "zoe@example.com"}
            contact = await client.contacts.create(display_name="Zoë", identifiers=[email])
            names = [f"Door {n}" for n in range(3)]
            await asyncio.gather(
                *(client.tickets.create(subject=name, requester={"contact_id": contact.id}) for name in names)
            )
            tickets = client.tickets.list(requester__contact_id=contact.id, limit=2)
            assert sorted([ticket.subject async for ticket in tickets]) == names
            page = await tickets.page()
            assert (len(page), page.has_more) == (2, True)
            note = await client.tickets.comments.create(page.data[0].id, body="On it.", visibility="internal")
            comments = client.tickets.comments.list(page.data[0].id)
            assert note.id in [comment.id async for comment in comments]
            file = await client.attachments.upload(b"a,b\n", "a.csv")
            assert await client.attachments.content(file.id) == b"a,b\n"
            await client.contacts.update(contact.id, display_name="Zoe", if_match=contact.etag)
            with pytest.raises(StaleError):
                await client.contacts.update(contact.id, display_name="x", if_match=contact.etag)
            good, bad = await client.contacts.batch([{"display_name": "a"}, {"comet": 1}])
            assert (good.data.display_name, bad.error.status) == ("a", 422)
            await client.contacts.delete(good.data.id)
            with pytest.raises(NotFoundError):
                await client.contacts.get(good.data.id)
            assert (await client.me()).employee.id == cast.employee_id("support_admin")
        await http.aclose()

    asyncio.run(day())


def parts(client):
    """Every resource, with those inside it."""
    found, waiting = [], [client]
    while waiting:
        one = waiting.pop()
        found.append(one)
        names = [
            name for kind in type(one).__mro__ for name, is_ in vars(kind).items() if isinstance(is_, cached_property)
        ]
        waiting += [getattr(one, name) for name in sorted(names)]
    return found


def methods(part):
    return {name: method for name, method in inspect.getmembers(part, inspect.ismethod) if not name.startswith("_")}


def test_every_operation_has_its_method_there_too():
    async def operations():
        asked = set()

        def note(request):
            asked.add((request.method, request.url.path.removeprefix("/api/v1").replace("/ID", "/{}")))
            return httpx.Response(200, json={"data": [], "results": [], "page": {}})

        http = httpx.AsyncClient(transport=httpx.MockTransport(note))
        client = AsyncPortico("ptp_x", base_url=BASE, http_client=http)
        await client.me()
        await client.visibility()
        await client.search("nobody")
        for resource in parts(client)[1:]:
            for method in methods(resource).values():
                positional, named = arguments(method)
                answer = method(*positional, **named)
                if isinstance(answer, AsyncResults):
                    await answer.page()
                elif not isinstance(answer, AsyncEventStream):
                    await answer
        return asked

    assert asyncio.run(operations()) == operations_of_the_sdk()


def test_both_clients_take_the_same_arguments():
    waits = parts(AsyncPortico("ptp_x", base_url=BASE))
    for one, other in zip(parts(Portico("ptp_x", base_url=BASE)), waits, strict=True):
        assert methods(one).keys() == methods(other).keys()
        for name, method in methods(one).items():
            here, there = inspect.signature(method), inspect.signature(methods(other)[name])
            assert here.parameters == there.parameters, (type(one), name)
            assert str(there.return_annotation).replace("Async", "") == here.return_annotation, (type(one), name)
            assert inspect.getdoc(method) or not inspect.getdoc(methods(other)[name])
