from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.fire_sandbox_event import FireSandboxEvent
from ...models.fired_sandbox_event import FiredSandboxEvent
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: FireSandboxEvent,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/sandbox/events",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> FiredSandboxEvent | Problem | None:
    if response.status_code == 202:
        response_202 = FiredSandboxEvent.from_dict(response.json())

        return response_202

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 405:
        response_405 = Problem.from_dict(response.json())

        return response_405

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 410:
        response_410 = Problem.from_dict(response.json())

        return response_410

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 502:
        response_502 = Problem.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[FiredSandboxEvent | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: FireSandboxEvent,
) -> Response[FiredSandboxEvent | Problem]:
    """Fire an event

     Sends an event of any type to the endpoints that want it, about something of the sandbox, which does
    not change. Its `data` has `simulated`. Live keys get `not_found`.

    Requires an API key with the permission `webhooks`.

    Args:
        body (FireSandboxEvent): Body of `POST /v1/sandbox/events`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FiredSandboxEvent | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: FireSandboxEvent,
) -> FiredSandboxEvent | Problem | None:
    """Fire an event

     Sends an event of any type to the endpoints that want it, about something of the sandbox, which does
    not change. Its `data` has `simulated`. Live keys get `not_found`.

    Requires an API key with the permission `webhooks`.

    Args:
        body (FireSandboxEvent): Body of `POST /v1/sandbox/events`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FiredSandboxEvent | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: FireSandboxEvent,
) -> Response[FiredSandboxEvent | Problem]:
    """Fire an event

     Sends an event of any type to the endpoints that want it, about something of the sandbox, which does
    not change. Its `data` has `simulated`. Live keys get `not_found`.

    Requires an API key with the permission `webhooks`.

    Args:
        body (FireSandboxEvent): Body of `POST /v1/sandbox/events`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FiredSandboxEvent | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: FireSandboxEvent,
) -> FiredSandboxEvent | Problem | None:
    """Fire an event

     Sends an event of any type to the endpoints that want it, about something of the sandbox, which does
    not change. Its `data` has `simulated`. Live keys get `not_found`.

    Requires an API key with the permission `webhooks`.

    Args:
        body (FireSandboxEvent): Body of `POST /v1/sandbox/events`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FiredSandboxEvent | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
