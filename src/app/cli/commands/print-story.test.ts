import { expect, test } from 'vitest';
import type { AttemptStory } from '../../../queue/queued.ts';
import { printTries } from './print-story.ts';

const attempt: AttemptStory = {
  startedAtMs: 0,
  endedAtMs: 1500,
  transport: 'direct',
  hosts: [
    {
      ...{ host: 'mx1.one.example', address: '192.0.2.1', tls: undefined, verdict: undefined },
      replies: ['connect ECONNREFUSED 192.0.2.1:25'],
    },
    {
      ...{ host: 'mx2.one.example', address: '192.0.2.2', tls: 'TLSv1.3', verdict: 'verified' },
      replies: ['RCPT: 450 later'],
    },
  ],
  result: 'later',
  summary: 'mx1.one.example: connect ECONNREFUSED 192.0.2.1:25',
};

test('a connection that was refused is told once, other hosts with what they said', () => {
  expect(printTries([attempt], 3)).toBe(
    [
      'Try 3, 1970-01-01T00:00:00.000Z, 1.5 s, transport direct: later',
      '  mx1.one.example: connect ECONNREFUSED 192.0.2.1:25',
      '  mx1.one.example [192.0.2.1]',
      '  mx2.one.example [192.0.2.2]: TLSv1.3, verified',
      '    RCPT: 450 later',
    ].join('\n'),
  );
});
