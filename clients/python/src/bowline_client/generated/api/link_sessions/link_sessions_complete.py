from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.account import Account
from ...models.complete_link_session import CompleteLinkSession
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: CompleteLinkSession,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/link-sessions/{id}/complete".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Account | Problem | None:
    if response.status_code == 200:
        response_200 = Account.from_dict(response.json())

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
) -> Response[Account | Problem]:
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
    body: CompleteLinkSession,
) -> Response[Account | Problem]:
    """Complete a link session

     Call this in the request with which the browser returns, with the verifier from that user's session.
    If that session has no verifier for the link session, do not complete it: the link may have been
    begun by somebody else. The call can be repeated: after a lost response it returns the same account.
    After `provider_unavailable` (503) and `link_in_progress` (409) it has to be repeated.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (CompleteLinkSession): Body of `POST /v1/link-sessions/{id}/complete`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Account | Problem]
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
    body: CompleteLinkSession,
) -> Account | Problem | None:
    """Complete a link session

     Call this in the request with which the browser returns, with the verifier from that user's session.
    If that session has no verifier for the link session, do not complete it: the link may have been
    begun by somebody else. The call can be repeated: after a lost response it returns the same account.
    After `provider_unavailable` (503) and `link_in_progress` (409) it has to be repeated.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (CompleteLinkSession): Body of `POST /v1/link-sessions/{id}/complete`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Account | Problem
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
    body: CompleteLinkSession,
) -> Response[Account | Problem]:
    """Complete a link session

     Call this in the request with which the browser returns, with the verifier from that user's session.
    If that session has no verifier for the link session, do not complete it: the link may have been
    begun by somebody else. The call can be repeated: after a lost response it returns the same account.
    After `provider_unavailable` (503) and `link_in_progress` (409) it has to be repeated.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (CompleteLinkSession): Body of `POST /v1/link-sessions/{id}/complete`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Account | Problem]
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
    body: CompleteLinkSession,
) -> Account | Problem | None:
    """Complete a link session

     Call this in the request with which the browser returns, with the verifier from that user's session.
    If that session has no verifier for the link session, do not complete it: the link may have been
    begun by somebody else. The call can be repeated: after a lost response it returns the same account.
    After `provider_unavailable` (503) and `link_in_progress` (409) it has to be repeated.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (CompleteLinkSession): Body of `POST /v1/link-sessions/{id}/complete`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Account | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
