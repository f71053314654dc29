from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.access_token import AccessToken
from ...models.o_auth_1_token import OAuth1Token
from ...models.problem import Problem
from ...models.user_token_request import UserTokenRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    external_user_id: str,
    *,
    body: UserTokenRequest | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/users/{external_user_id}/token".format(
            external_user_id=quote(str(external_user_id), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AccessToken | OAuth1Token | Problem | None:
    if response.status_code == 200:

        def _parse_response_200(data: object) -> AccessToken | OAuth1Token:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_token_type_0 = AccessToken.from_dict(data)

                return componentsschemas_token_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_token_type_1 = OAuth1Token.from_dict(data)

            return componentsschemas_token_type_1

        response_200 = _parse_response_200(response.json())

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
) -> Response[AccessToken | OAuth1Token | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    external_user_id: str,
    *,
    client: AuthenticatedClient,
    body: UserTokenRequest | Unset = UNSET,
) -> Response[AccessToken | OAuth1Token | Problem]:
    """Fetch an access token of a user

     Like the call for an account, for the user's only active account. If the user has several, the
    problem `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the
    problem is that of the newest account, or `not_found` if the user has linked nothing. Counts as four
    tokens against the tenant's limit.

    Requires an API key with the permission `token`.

    Args:
        external_user_id (str):
        body (UserTokenRequest | Unset): Body of `POST /v1/users/{external_user_id}/token`;
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessToken | OAuth1Token | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    external_user_id: str,
    *,
    client: AuthenticatedClient,
    body: UserTokenRequest | Unset = UNSET,
) -> AccessToken | OAuth1Token | Problem | None:
    """Fetch an access token of a user

     Like the call for an account, for the user's only active account. If the user has several, the
    problem `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the
    problem is that of the newest account, or `not_found` if the user has linked nothing. Counts as four
    tokens against the tenant's limit.

    Requires an API key with the permission `token`.

    Args:
        external_user_id (str):
        body (UserTokenRequest | Unset): Body of `POST /v1/users/{external_user_id}/token`;
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessToken | OAuth1Token | Problem
    """

    return sync_detailed(
        external_user_id=external_user_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    external_user_id: str,
    *,
    client: AuthenticatedClient,
    body: UserTokenRequest | Unset = UNSET,
) -> Response[AccessToken | OAuth1Token | Problem]:
    """Fetch an access token of a user

     Like the call for an account, for the user's only active account. If the user has several, the
    problem `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the
    problem is that of the newest account, or `not_found` if the user has linked nothing. Counts as four
    tokens against the tenant's limit.

    Requires an API key with the permission `token`.

    Args:
        external_user_id (str):
        body (UserTokenRequest | Unset): Body of `POST /v1/users/{external_user_id}/token`;
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessToken | OAuth1Token | Problem]
    """

    kwargs = _get_kwargs(
        external_user_id=external_user_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    external_user_id: str,
    *,
    client: AuthenticatedClient,
    body: UserTokenRequest | Unset = UNSET,
) -> AccessToken | OAuth1Token | Problem | None:
    """Fetch an access token of a user

     Like the call for an account, for the user's only active account. If the user has several, the
    problem `ambiguous_account` (409) lists them in `account_ids`, newest first. If none is active, the
    problem is that of the newest account, or `not_found` if the user has linked nothing. Counts as four
    tokens against the tenant's limit.

    Requires an API key with the permission `token`.

    Args:
        external_user_id (str):
        body (UserTokenRequest | Unset): Body of `POST /v1/users/{external_user_id}/token`;
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessToken | OAuth1Token | Problem
    """

    return (
        await asyncio_detailed(
            external_user_id=external_user_id,
            client=client,
            body=body,
        )
    ).parsed
