import type { LogFields, LogLevel } from '../base/log.ts';

/** One thing that happened. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
  readonly error?: unknown;
}

/** A net under the rule that nobody logs secrets: fields with such names are not printed whatever they hold. */
const secretName = /passw|secret|token|credential|authorization|private/i;
const reserved: ReadonlySet<string> = new Set(['time', 'level', 'message', 'error']);
const maxCauses = 8;

/** One JSON object and a line end. `time`, `level` and `message` come first; an error is the list of itself and its causes. */
export function printJsonLine(entry: LogEntry): string {
  const line: Record<string, unknown> = {
    time: new Date(entry.timeMs).toISOString(),
    level: entry.level,
    message: entry.message,
  };
  for (const [name, value] of visibleFields(entry.fields)) line[reserved.has(name) ? `${name}_` : name] = value;
  if (entry.error !== undefined) line.error = errorChain(entry.error);
  return `${JSON.stringify(line)}\n`;
}

/** For eyes: time of day, level, message, fields; stacks on lines of their own, indented. */
export function printTextLine(entry: LogEntry): string {
  const time = new Date(entry.timeMs).toISOString().slice(11, 23);
  const level = entry.level === 'info' ? '' : ` ${entry.level}:`;
  let line = `${time}${level} ${oneLine(entry.message)}`;
  for (const [name, value] of visibleFields(entry.fields)) line += ` ${name}=${printValue(value)}`;
  line += '\n';
  if (entry.error === undefined) return line;
  const stacks = errorChain(entry.error).map(
    ({ stack, message }, n) => (n > 0 ? 'caused by: ' : '') + (stack ?? message),
  );
  return (
    line +
    stacks
      .map(
        (stack) =>
          `${stack
            .split('\n')
            .map((part) => `    ${oneLine(part)}`)
            .join('\n')}\n`,
      )
      .join('')
  );
}

function* visibleFields(fields: LogFields): Iterable<[string, LogFields[string]]> {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    yield [name, secretName.test(name) ? '[not logged]' : value];
  }
}

/** Text from outside must not make lines of its own or move the cursor. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) =>
    JSON.stringify(char)
      .slice(1, -1)
      .replace(/^[^\\]$/u, escapeChar),
  );
}

function escapeChar(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

function printValue(value: LogFields[string]): string {
  if (Array.isArray(value)) return `[${value.map((part: string) => printValue(part)).join(',')}]`;
  return typeof value === 'string' && !/^[\w./:@+<>-]+$/.test(value) ? oneLine(JSON.stringify(value)) : String(value);
}

interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

/** The error, its cause, the cause of that, and so on. */
function errorChain(error: unknown): readonly ErrorFacts[] {
  const chain: ErrorFacts[] = [];
  let next: unknown = error;
  while (next !== undefined && next !== null && chain.length < maxCauses) {
    chain.push(errorFacts(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
}

function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error))
    return { name: typeof error, message: typeof error === 'string' ? error : 'not an Error' };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...code, ...stack };
}
