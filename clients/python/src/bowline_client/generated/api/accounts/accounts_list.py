from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.account_status import AccountStatus
from ...models.page_account import PageAccount
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    external_user_id: str | Unset = UNSET,
    status: AccountStatus | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["external_user_id"] = external_user_id

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/accounts",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> PageAccount | Problem | None:
    if response.status_code == 200:
        response_200 = PageAccount.from_dict(response.json())

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
) -> Response[PageAccount | Problem]:
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
    status: AccountStatus | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageAccount | Problem]:
    """List accounts

     The tenant's accounts in any status, newest first.

    Requires an API key with the permission `accounts:read`.

    Args:
        external_user_id (str | Unset):
        status (AccountStatus | Unset): Whether an account's tokens are available, and if not, who
            must act.

            - `active`: Tokens are issued.
            - `needs_reauth`: The grant has ended; the end user must link again.
            - `suspended`: An operator suspended the account; its tokens are kept but not issued.
            - `revoking`: Revoked here; the revocation at the provider is pending.
            - `revoked`: Revoked here and at the provider.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageAccount | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        status=status,
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
    status: AccountStatus | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageAccount | Problem | None:
    """List accounts

     The tenant's accounts in any status, newest first.

    Requires an API key with the permission `accounts:read`.

    Args:
        external_user_id (str | Unset):
        status (AccountStatus | Unset): Whether an account's tokens are available, and if not, who
            must act.

            - `active`: Tokens are issued.
            - `needs_reauth`: The grant has ended; the end user must link again.
            - `suspended`: An operator suspended the account; its tokens are kept but not issued.
            - `revoking`: Revoked here; the revocation at the provider is pending.
            - `revoked`: Revoked here and at the provider.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageAccount | Problem
    """

    return sync_detailed(
        client=client,
        external_user_id=external_user_id,
        status=status,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: AccountStatus | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[PageAccount | Problem]:
    """List accounts

     The tenant's accounts in any status, newest first.

    Requires an API key with the permission `accounts:read`.

    Args:
        external_user_id (str | Unset):
        status (AccountStatus | Unset): Whether an account's tokens are available, and if not, who
            must act.

            - `active`: Tokens are issued.
            - `needs_reauth`: The grant has ended; the end user must link again.
            - `suspended`: An operator suspended the account; its tokens are kept but not issued.
            - `revoking`: Revoked here; the revocation at the provider is pending.
            - `revoked`: Revoked here and at the provider.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[PageAccount | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        status=status,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    external_user_id: str | Unset = UNSET,
    status: AccountStatus | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> PageAccount | Problem | None:
    """List accounts

     The tenant's accounts in any status, newest first.

    Requires an API key with the permission `accounts:read`.

    Args:
        external_user_id (str | Unset):
        status (AccountStatus | Unset): Whether an account's tokens are available, and if not, who
            must act.

            - `active`: Tokens are issued.
            - `needs_reauth`: The grant has ended; the end user must link again.
            - `suspended`: An operator suspended the account; its tokens are kept but not issued.
            - `revoking`: Revoked here; the revocation at the provider is pending.
            - `revoked`: Revoked here and at the provider.
        cursor (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        PageAccount | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            external_user_id=external_user_id,
            status=status,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
