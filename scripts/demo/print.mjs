import { styleText } from 'node:util'

const isOn = process.stdout.isTTY === true && !process.env.NO_COLOR
const style = (format) => (text) => (isOn ? styleText(format, text) : text)

export const paint = {
  on: isOn,
  bold: style('bold'),
  dim: style('dim'),
  red: style('red'),
  cyan: style('cyan'),
}

export const print = {
  title(text, note) {
    console.log(`\n  ${paint.bold(text)}  ${paint.dim(note)}\n`)
  },
  /** Two lines: the call with its duration at the right, and what came of it. */
  row(what, code, outcome, duration) {
    console.log(
      `  ${paint.dim(what.padEnd(15))} ${paint.cyan(code.padEnd(58))} ${paint.dim(duration.padStart(9))}`,
    )
    console.log(`  ${' '.repeat(15)} ${paint.dim('→')} ${outcome.replaceAll('\n', `\n${' '.repeat(20)}`)}`)
  },
}
