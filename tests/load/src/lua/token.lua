function request()
  return fetch(math.random(0, config.accounts - 1))
end
