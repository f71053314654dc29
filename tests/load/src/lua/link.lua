function begin()
  user = 0
end
function request()
  user = user + 1
  local tenant = math.random(0, tenants - 1)
  return with_body("/v1/link-sessions", tenant, '{"external_user_id":"new-' .. number .. '-' .. user
    .. '","return_url":"' .. config.return_url .. '","completion_challenge":"' .. config.challenge .. '"}')
end
