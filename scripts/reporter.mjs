// A reporter of Vitest: each test with the browser that it ran in, and each file that fails outside of its tests, into the
// file that PORTCALL_REPORT names.
import { writeFileSync } from 'node:fs'

export default class {
  onTestRunEnd(modules) {
    const tests = modules.flatMap((module) => [...module.children.allTests()].map(describeTest))
    const broken = modules.filter((module) => module.state() === 'failed' && !hasFailedTest(module))
    const files = broken.map((module) => ({
      ...placeOf(module),
      titles: ['not one test of it'],
      state: 'failed',
      error: errorOf(module.errors()),
    }))
    writeFileSync(process.env.PORTCALL_REPORT, JSON.stringify([...tests, ...files]))
  }
}

const hasFailedTest = (module) => [...module.children.allTests('failed')].length > 0

const placeOf = ({ project, relativeModuleId }) => ({
  engine: project.name || 'node',
  file: relativeModuleId,
})

const errorOf = (errors) => String(errors?.[0]?.message).slice(0, 300).replaceAll('\n', ' ')

function describeTest(test) {
  const titles = [test.name]
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) titles.unshift(suite.name)
  const { state, errors, note } = test.result()
  return {
    ...placeOf(test.module),
    titles,
    state,
    ...(note && { note }),
    ...(state === 'failed' && { error: errorOf(errors) }),
  }
}
