from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.access_token import AccessToken
from ...models.force_refresh import ForceRefresh
from ...models.o_auth_1_token import OAuth1Token
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: ForceRefresh | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/accounts/{id}/token/refresh".format(
            id=quote(str(id), safe=""),
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
    id: str,
    *,
    client: AuthenticatedClient,
    body: ForceRefresh | Unset = UNSET,
) -> Response[AccessToken | OAuth1Token | Problem]:
    """Force a refresh

     Use this when the provider rejects a token before it expires. The response never has the old token:
    the call joins a refresh that is in progress or starts one, and fails if the provider cannot be
    reached. A refresh can be forced once a minute for each account; more often is `refresh_limited`
    (429). An account without a refresh token is `invalid_state` (409).

    Requires an API key with the permission `token`.

    Args:
        id (str):
        body (ForceRefresh | Unset): Body of `POST /v1/accounts/{id}/token/refresh`; optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessToken | OAuth1Token | Problem]
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
    body: ForceRefresh | Unset = UNSET,
) -> AccessToken | OAuth1Token | Problem | None:
    """Force a refresh

     Use this when the provider rejects a token before it expires. The response never has the old token:
    the call joins a refresh that is in progress or starts one, and fails if the provider cannot be
    reached. A refresh can be forced once a minute for each account; more often is `refresh_limited`
    (429). An account without a refresh token is `invalid_state` (409).

    Requires an API key with the permission `token`.

    Args:
        id (str):
        body (ForceRefresh | Unset): Body of `POST /v1/accounts/{id}/token/refresh`; optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessToken | OAuth1Token | Problem
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
    body: ForceRefresh | Unset = UNSET,
) -> Response[AccessToken | OAuth1Token | Problem]:
    """Force a refresh

     Use this when the provider rejects a token before it expires. The response never has the old token:
    the call joins a refresh that is in progress or starts one, and fails if the provider cannot be
    reached. A refresh can be forced once a minute for each account; more often is `refresh_limited`
    (429). An account without a refresh token is `invalid_state` (409).

    Requires an API key with the permission `token`.

    Args:
        id (str):
        body (ForceRefresh | Unset): Body of `POST /v1/accounts/{id}/token/refresh`; optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessToken | OAuth1Token | Problem]
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
    body: ForceRefresh | Unset = UNSET,
) -> AccessToken | OAuth1Token | Problem | None:
    """Force a refresh

     Use this when the provider rejects a token before it expires. The response never has the old token:
    the call joins a refresh that is in progress or starts one, and fails if the provider cannot be
    reached. A refresh can be forced once a minute for each account; more often is `refresh_limited`
    (429). An account without a refresh token is `invalid_state` (409).

    Requires an API key with the permission `token`.

    Args:
        id (str):
        body (ForceRefresh | Unset): Body of `POST /v1/accounts/{id}/token/refresh`; optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessToken | OAuth1Token | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
        )
    ).parsed
