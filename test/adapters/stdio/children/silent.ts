process.stdin.resume()

export {}
