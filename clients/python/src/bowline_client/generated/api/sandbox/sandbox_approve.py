from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.approve_sandbox_link import ApproveSandboxLink
from ...models.approved_sandbox_link import ApprovedSandboxLink
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    id: str,
    *,
    body: ApproveSandboxLink,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/sandbox/link-sessions/{id}/approve".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ApprovedSandboxLink | Problem | None:
    if response.status_code == 200:
        response_200 = ApprovedSandboxLink.from_dict(response.json())

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
) -> Response[ApprovedSandboxLink | Problem]:
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
    body: ApproveSandboxLink,
) -> Response[ApprovedSandboxLink | Problem]:
    """Approve a link session without a browser

     Does what the browser of a user does, who approves or declines. Complete the link with the
    `link_code` of the `return_url`, as your app does when a browser comes back. Live keys get
    `not_found`.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (ApproveSandboxLink): Body of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApprovedSandboxLink | Problem]
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
    body: ApproveSandboxLink,
) -> ApprovedSandboxLink | Problem | None:
    """Approve a link session without a browser

     Does what the browser of a user does, who approves or declines. Complete the link with the
    `link_code` of the `return_url`, as your app does when a browser comes back. Live keys get
    `not_found`.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (ApproveSandboxLink): Body of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApprovedSandboxLink | Problem
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
    body: ApproveSandboxLink,
) -> Response[ApprovedSandboxLink | Problem]:
    """Approve a link session without a browser

     Does what the browser of a user does, who approves or declines. Complete the link with the
    `link_code` of the `return_url`, as your app does when a browser comes back. Live keys get
    `not_found`.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (ApproveSandboxLink): Body of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ApprovedSandboxLink | Problem]
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
    body: ApproveSandboxLink,
) -> ApprovedSandboxLink | Problem | None:
    """Approve a link session without a browser

     Does what the browser of a user does, who approves or declines. Complete the link with the
    `link_code` of the `return_url`, as your app does when a browser comes back. Live keys get
    `not_found`.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        body (ApproveSandboxLink): Body of `POST /v1/sandbox/link-sessions/{id}/approve`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ApprovedSandboxLink | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
