// As of React Native 0.79.
module.exports = {
  maxWorkers: 1,
  resolver: { resolverMainFields: ['react-native', 'browser', 'main'], useWatchman: false },
}
