/** The command line of the benches. */
import { parseArgs } from 'node:util';
import type { DovecotFormat } from './dovecot.ts';

export const usage = `npm run bench -- [NAME…] [options]

  NAME               scenarios of this name, or whose names begin so; without: the quick set (under two minutes)
                     "queue": the outgoing queue, see queue/
  --full             all scenarios, also those with 100,000 messages and 5,000 connections
  --quick            everything at a tenth of its size, once: does it work?
  --target H:SMTP,H:IMAP,USER,PASSWORD[,PID…]
                     measure this server instead of one of ours (loopback only)
  --compare REV      also check out REV and measure both in turn
  --dovecot FORMATS  also start Dovecot with each of these formats (maildir,sdbox) and measure all in turn
  --reps N           repetitions of each scenario; the median is shown. Without: three, or as many as start within 2.5 s
  --no-syncs         do not count fsync and fdatasync with strace in an additional run
  --json FILE        write all runs to FILE
  --list             name the scenarios and end
`;

export interface Options {
  readonly names: readonly string[];
  readonly full: boolean;
  readonly quick: boolean;
  readonly target: string | undefined;
  readonly compare: string | undefined;
  readonly dovecot: readonly DovecotFormat[];
  readonly reps: number;
  /** Milliseconds after which a scenario is not repeated any more. */
  readonly budgetMs: number;
  readonly syncs: boolean;
  readonly json: string | undefined;
  readonly list: boolean;
}

/** @throws TypeError for options that do not exist. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      full: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      target: { type: 'string' },
      compare: { type: 'string' },
      dovecot: { type: 'string' },
      reps: { type: 'string' },
      'no-syncs': { type: 'boolean', default: false },
      json: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  const reps = Number(values.reps ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(reps) || reps < 1) throw new TypeError('--reps is a number from 1');
  return {
    names: positionals,
    full: values.full,
    quick: values.quick,
    target: values.target,
    compare: values.compare,
    dovecot: parseFormats(values.dovecot),
    reps,
    budgetMs: values.reps === undefined ? 2500 : Infinity,
    syncs: !values['no-syncs'],
    json: values.json,
    list: values.list,
  };
}

function parseFormats(text: string | undefined): DovecotFormat[] {
  return (text?.split(',') ?? []).map((format) => {
    if (format !== 'maildir' && format !== 'sdbox')
      throw new TypeError('--dovecot is maildir, sdbox or both with a comma');
    return format;
  });
}
