import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import type { Log, LogFields, LogLevel } from '../base/log.ts';
import { LineWriter } from './line-writer.ts';
import { printJsonLine, printTextLine } from './print-log-line.ts';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  /** Where lines go; default: standard error. */
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
}

/** A log whose level and format can be changed while it is used (SIGHUP). */
export interface AdjustableLog extends Log {
  adjust(options: Pick<LogOptions, 'level' | 'format'>): void;
  /** Writes what waits; for the moment before the process ends. */
  flush(): void;
}

const order: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Structured log: one line for each thing that happened, JSON or text. */
export function createLog(options: LogOptions): AdjustableLog {
  const writer = options.write ? undefined : standardError();
  const write = options.write ?? ((line: string) => writer?.write(line));
  const clock = options.clock ?? systemClock;
  let print = printerOf(options.format);
  let least = order[options.level];

  function logWith(fixed: LogFields): Log {
    const line = (level: LogLevel, message: string, fields?: LogFields, error?: unknown): void => {
      if (order[level] < least) return;
      write(print({ timeMs: clock.now(), level, message, fields: fields ? { ...fixed, ...fields } : fixed, error }));
    };
    return {
      debug: (message, fields) => line('debug', message, fields),
      info: (message, fields) => line('info', message, fields),
      warn: (message, fields) => line('warn', message, fields),
      error: (message, fields, error) => line('error', message, fields, error),
      with: (fields) => logWith({ ...fixed, ...fields }),
    };
  }

  return {
    ...logWith({}),
    adjust(next) {
      print = printerOf(next.format);
      least = order[next.level];
    },
    flush: () => writer?.flushSync(),
  };
}

function printerOf(format: LogOptions['format']): typeof printJsonLine {
  return format === 'json' ? printJsonLine : printTextLine;
}

let shared: LineWriter | undefined;

/** One writer for the process, however many logs: lines never cut into each other. */
function standardError(): LineWriter {
  if (shared) return shared;
  const writer = new LineWriter(2);
  process.on('exit', () => writer.flushSync());
  shared = writer;
  return writer;
}
