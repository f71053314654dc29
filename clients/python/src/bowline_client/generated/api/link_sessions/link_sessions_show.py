from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.link_session import LinkSession
from ...models.link_session_status import LinkSessionStatus
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    wait: int | Unset = UNSET,
    known_status: LinkSessionStatus | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["wait"] = wait

    json_known_status: str | Unset = UNSET
    if not isinstance(known_status, Unset):
        json_known_status = known_status.value

    params["known_status"] = json_known_status

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/link-sessions/{id}".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> LinkSession | Problem | None:
    if response.status_code == 200:
        response_200 = LinkSession.from_dict(response.json())

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
) -> Response[LinkSession | Problem]:
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
    wait: int | Unset = UNSET,
    known_status: LinkSessionStatus | Unset = UNSET,
) -> Response[LinkSession | Problem]:
    """Get a link session

     With `wait`, the call is answered when the session changes its status, at the latest after that many
    seconds. It is answered at once if the session has ended, if it does not have `known_status` any
    more, and if the server is about to stop. Call again as long as the status is not the one that you
    wait for.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        wait (int | Unset):
        known_status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LinkSession | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        wait=wait,
        known_status=known_status,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    wait: int | Unset = UNSET,
    known_status: LinkSessionStatus | Unset = UNSET,
) -> LinkSession | Problem | None:
    """Get a link session

     With `wait`, the call is answered when the session changes its status, at the latest after that many
    seconds. It is answered at once if the session has ended, if it does not have `known_status` any
    more, and if the server is about to stop. Call again as long as the status is not the one that you
    wait for.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        wait (int | Unset):
        known_status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LinkSession | Problem
    """

    return sync_detailed(
        id=id,
        client=client,
        wait=wait,
        known_status=known_status,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    wait: int | Unset = UNSET,
    known_status: LinkSessionStatus | Unset = UNSET,
) -> Response[LinkSession | Problem]:
    """Get a link session

     With `wait`, the call is answered when the session changes its status, at the latest after that many
    seconds. It is answered at once if the session has ended, if it does not have `known_status` any
    more, and if the server is about to stop. Call again as long as the status is not the one that you
    wait for.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        wait (int | Unset):
        known_status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LinkSession | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        wait=wait,
        known_status=known_status,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    wait: int | Unset = UNSET,
    known_status: LinkSessionStatus | Unset = UNSET,
) -> LinkSession | Problem | None:
    """Get a link session

     With `wait`, the call is answered when the session changes its status, at the latest after that many
    seconds. It is answered at once if the session has ended, if it does not have `known_status` any
    more, and if the server is about to stop. Call again as long as the status is not the one that you
    wait for.

    Requires an API key with the permission `link`.

    Args:
        id (str):
        wait (int | Unset):
        known_status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LinkSession | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            wait=wait,
            known_status=known_status,
        )
    ).parsed
