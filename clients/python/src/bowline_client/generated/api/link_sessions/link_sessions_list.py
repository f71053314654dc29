import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.link_session_status import LinkSessionStatus
from ...models.page_link_session import PageLinkSession
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    external_user_id: str | Unset = UNSET,
    status: LinkSessionStatus | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["external_user_id"] = external_user_id

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    json_created_after: str | Unset = UNSET
    if not isinstance(created_after, Unset):
        json_created_after = created_after.isoformat()
    params["created_after"] = json_created_after

    json_created_before: str | Unset = UNSET
    if not isinstance(created_before, Unset):
        json_created_before = created_before.isoformat()
    params["created_before"] = json_created_before

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/link-sessions",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageLinkSession | Problem | None:
    if response.status_code == 200:
        response_200 = PageLinkSession.from_dict(response.json())

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
) -> Response[PageLinkSession | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: LinkSessionStatus | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageLinkSession | Problem]:
    """List link sessions

     The tenant's link sessions in any status, newest first.

    Requires an API key with the permission `link`.

    Args:
        external_user_id (str | Unset):
        status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageLinkSession | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        status=status,
        created_after=created_after,
        created_before=created_before,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: LinkSessionStatus | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageLinkSession | Problem | None:
    """List link sessions

     The tenant's link sessions in any status, newest first.

    Requires an API key with the permission `link`.

    Args:
        external_user_id (str | Unset):
        status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageLinkSession | Problem
    """

    return sync_detailed(
        client=client,
        external_user_id=external_user_id,
        status=status,
        created_after=created_after,
        created_before=created_before,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: LinkSessionStatus | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageLinkSession | Problem]:
    """List link sessions

     The tenant's link sessions in any status, newest first.

    Requires an API key with the permission `link`.

    Args:
        external_user_id (str | Unset):
        status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageLinkSession | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        status=status,
        created_after=created_after,
        created_before=created_before,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: LinkSessionStatus | Unset = UNSET,
    created_after: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageLinkSession | Problem | None:
    """List link sessions

     The tenant's link sessions in any status, newest first.

    Requires an API key with the permission `link`.

    Args:
        external_user_id (str | Unset):
        status (LinkSessionStatus | Unset): The state of one attempt to link.

            - `created`: The tenant created the session.
            - `authorizing`: The end user has started; their browser is bound and on its way to the
            provider.
            - `returned`: The provider sent the user back with a code; the tenant must complete the
            link.
            - `completed`: The account is linked.
            - `denied`: The end user declined.
            - `failed`: The session cannot succeed any more; `failure` says why.
            - `expired`: The session was not completed in time.
        created_after (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageLinkSession | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            external_user_id=external_user_id,
            status=status,
            created_after=created_after,
            created_before=created_before,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
