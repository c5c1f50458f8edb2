process.on('message', () => {})

export {}
