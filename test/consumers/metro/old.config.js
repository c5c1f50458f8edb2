const config = require('./metro.config.js')

// As before React Native 0.79.
module.exports = { ...config, resolver: { ...config.resolver, unstable_enablePackageExports: false } }
