module.exports = require('portcall')
