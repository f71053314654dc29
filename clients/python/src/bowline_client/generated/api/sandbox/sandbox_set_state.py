from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.sandbox_account import SandboxAccount
from ...models.set_sandbox_state import SetSandboxState
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: SetSandboxState,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v1/sandbox/accounts/{id}/state".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | SandboxAccount | None:
    if response.status_code == 200:
        response_200 = SandboxAccount.from_dict(response.json())

        return response_200

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
) -> Response[Problem | SandboxAccount]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: SetSandboxState,
) -> Response[Problem | SandboxAccount]:
    """Put an account into a state

     Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of
    everything: with the next check, refresh or link. Live keys get `not_found`.

    Requires an API key with the permission `accounts:write`.

    Args:
        id (str):
        body (SetSandboxState): Body of `PUT /v1/sandbox/accounts/{id}/state`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SandboxAccount]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: SetSandboxState,
) -> Problem | SandboxAccount | None:
    """Put an account into a state

     Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of
    everything: with the next check, refresh or link. Live keys get `not_found`.

    Requires an API key with the permission `accounts:write`.

    Args:
        id (str):
        body (SetSandboxState): Body of `PUT /v1/sandbox/accounts/{id}/state`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SandboxAccount
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: SetSandboxState,
) -> Response[Problem | SandboxAccount]:
    """Put an account into a state

     Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of
    everything: with the next check, refresh or link. Live keys get `not_found`.

    Requires an API key with the permission `accounts:write`.

    Args:
        id (str):
        body (SetSandboxState): Body of `PUT /v1/sandbox/accounts/{id}/state`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SandboxAccount]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: SetSandboxState,
) -> Problem | SandboxAccount | None:
    """Put an account into a state

     Dropbox, which is simulated, behaves accordingly from now on. Bowline learns of it as it does of
    everything: with the next check, refresh or link. Live keys get `not_found`.

    Requires an API key with the permission `accounts:write`.

    Args:
        id (str):
        body (SetSandboxState): Body of `PUT /v1/sandbox/accounts/{id}/state`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SandboxAccount
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
