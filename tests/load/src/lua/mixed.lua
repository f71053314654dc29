-- One call in a hundred requests an account whose token has expired. Each such account is requested once.
function begin()
  expired = config.expired_from + number
  calls = math.random(0, 99)
end
function request()
  calls = calls + 1
  if calls % 100 == 0 and expired < config.expired_to then
    expired = expired + 2
    return fetch(expired - 2)
  end
  return fetch(math.random(0, config.accounts - 1))
end
