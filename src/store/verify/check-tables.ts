import { query, type Operation } from '../sql/statement.ts';
import type { Problem, ProblemRule } from './problem.ts';

interface Check {
  readonly rule: ProblemRule;
  readonly repairable: boolean;
  /** What each row means, with `$1`, `$2`, … for its columns after the first; the first column says where. */
  readonly found: string;
  /** Finds the rows that break the rule: where, then details. */
  readonly sql: string;
}

const live = 'EXISTS (SELECT 1 FROM entry e WHERE e.email_id = m.id)';

/** Rules of the model that a query can check. At most some of the breaches of each are reported. */
const checks: readonly Check[] = [
  {
    rule: 'counts',
    repairable: true,
    found: 'the mailbox says $1 messages, $2 unseen, $3 deleted, $4 octets; its entries make $5, $6, $7, $8',
    sql: `SELECT b.id, b.total, b.unseen, b.deleted, b.size_bytes, s.total, s.unseen, s.deleted, s.size_bytes
      FROM mailbox b CROSS JOIN (
        SELECT x.id, count(e.uid) AS total, coalesce(sum(CASE WHEN e.flags & 1 = 0 THEN 1 ELSE 0 END), 0) AS unseen,
          coalesce(sum(CASE WHEN e.flags & 8 <> 0 THEN 1 ELSE 0 END), 0) AS deleted, coalesce(sum(e.size_bytes), 0) AS size_bytes
        FROM mailbox x LEFT JOIN entry e ON e.mailbox_id = x.id GROUP BY x.id) s
      WHERE s.id = b.id AND (b.total <> s.total OR b.unseen <> s.unseen OR b.deleted <> s.deleted OR b.size_bytes <> s.size_bytes)`,
  },
  {
    rule: 'uid',
    repairable: true,
    found: 'uidnext is $1, but there is uid $2',
    sql: `SELECT b.id, b.uid_next, max(u.uid) FROM mailbox b CROSS JOIN
        (SELECT mailbox_id, uid FROM entry UNION ALL SELECT mailbox_id, uid FROM tombstone) u
      WHERE u.mailbox_id = b.id GROUP BY b.id, b.uid_next HAVING max(u.uid) >= b.uid_next`,
  },
  {
    rule: 'uid',
    repairable: true,
    found: 'uid $1 is there and was expunged',
    sql: 'SELECT e.mailbox_id, e.uid FROM entry e CROSS JOIN tombstone t WHERE t.mailbox_id = e.mailbox_id AND t.uid = e.uid',
  },
  {
    rule: 'uid',
    repairable: true,
    found: 'uidvalidity $1 is not below the next of the account, $2',
    sql: `SELECT b.id, b.uid_validity, a.next_uid_validity FROM mailbox b CROSS JOIN account a
      WHERE a.id = b.account_id AND b.uid_validity >= a.next_uid_validity`,
  },
  {
    rule: 'modseq',
    repairable: true,
    found: 'highest modseq is $1, but there is $2',
    sql: `SELECT b.id, b.highest_modseq, max(u.modseq) FROM mailbox b CROSS JOIN
        (SELECT mailbox_id, modseq FROM entry UNION ALL SELECT mailbox_id, modseq FROM tombstone) u
      WHERE u.mailbox_id = b.id GROUP BY b.id, b.highest_modseq HAVING max(u.modseq) > b.highest_modseq`,
  },
  {
    rule: 'modseq',
    repairable: true,
    found: 'the account is at modseq $1, a mailbox at $2',
    sql: `SELECT a.id, a.modseq, max(b.highest_modseq) FROM account a CROSS JOIN mailbox b
      WHERE b.account_id = a.id GROUP BY a.id, a.modseq HAVING max(b.highest_modseq) > a.modseq`,
  },
  {
    rule: 'reference',
    repairable: false,
    found: 'the entry with uid $1 belongs to email $2, which is not there or is of another account',
    sql: `SELECT e.mailbox_id, e.uid, e.email_id FROM entry e LEFT JOIN mailbox b ON b.id = e.mailbox_id
      LEFT JOIN email m ON m.id = e.email_id AND m.account_id = b.account_id WHERE m.id IS NULL`,
  },
  {
    rule: 'reference',
    repairable: false,
    found: 'the email belongs to blob $1, which is not there',
    sql: 'SELECT m.id, m.blob_id FROM email m LEFT JOIN blob b ON b.id = m.blob_id WHERE b.id IS NULL',
  },
  {
    rule: 'reference',
    repairable: false,
    found: 'the outgoing message belongs to blob $1, which is not there',
    sql: 'SELECT m.id, m.blob_id FROM outgoing_message m LEFT JOIN blob b ON b.id = m.blob_id WHERE b.id IS NULL',
  },
  {
    rule: 'reference',
    repairable: false,
    found: 'the queue entry belongs to outgoing message $1, which is not there',
    sql: `SELECT e.id, e.message_id FROM outgoing_entry e LEFT JOIN outgoing_message m ON m.id = e.message_id
      WHERE m.id IS NULL`,
  },
  {
    rule: 'reference',
    repairable: true,
    found: 'the outgoing message has no recipients left',
    sql: `SELECT m.id FROM outgoing_message m
      WHERE NOT EXISTS (SELECT 1 FROM outgoing_entry e WHERE e.message_id = m.id)`,
  },
  {
    rule: 'size',
    repairable: true,
    found: 'the email says $1 octets, its octets are $2',
    sql: `SELECT m.id, m.size_bytes, b.size_bytes + length(m.prefix) FROM email m CROSS JOIN blob b
      WHERE b.id = m.blob_id AND m.size_bytes <> b.size_bytes + length(m.prefix)`,
  },
  {
    rule: 'size',
    repairable: true,
    found: 'the entry with uid $1 says $2 octets, its email $3',
    sql: `SELECT e.mailbox_id, e.uid, e.size_bytes, m.size_bytes FROM entry e CROSS JOIN email m
      WHERE m.id = e.email_id AND m.size_bytes <> e.size_bytes`,
  },
  {
    rule: 'orphan',
    repairable: true,
    found: 'the email is in no mailbox and does not wait for the sweep',
    sql: `SELECT m.id FROM email m WHERE NOT ${live} AND NOT EXISTS (SELECT 1 FROM orphan o WHERE o.email_id = m.id)`,
  },
  {
    rule: 'orphan',
    repairable: true,
    found: 'the email is in a mailbox and waits for the sweep',
    sql: 'SELECT DISTINCT o.email_id FROM orphan o CROSS JOIN entry e WHERE e.email_id = o.email_id',
  },
  {
    rule: 'quota',
    repairable: true,
    found: 'the account says $1 octets in $2 messages, its messages make $3 in $4',
    sql: `SELECT a.id, a.used_bytes, a.emails, s.used, s.emails FROM account a CROSS JOIN (
        SELECT x.id, coalesce(sum(m.size_bytes), 0) AS used, count(m.id) AS emails
        FROM account x LEFT JOIN email m ON m.account_id = x.id AND ${live} GROUP BY x.id) s
      WHERE s.id = a.id AND (a.used_bytes <> s.used OR a.emails <> s.emails)`,
  },
];

const reportedPerCheck = 20;

/** One snapshot of the tables against every rule. */
export function* checkTables(): Operation<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { rule, repairable, found, sql } of checks) {
    const rows = yield* query(`${sql} LIMIT ${reportedPerCheck}`);
    for (const [where, ...details] of rows) {
      const text = found.replaceAll(/\$(\d+)/g, (_mark, number: string) => String(details[Number(number) - 1] ?? '?'));
      problems.push({ rule, where: `${tableOf(found)} ${String(where)}`, found: text, repairable });
    }
  }
  return problems;
}

/** What the first column of a check numbers. */
function tableOf(found: string): string {
  if (found.startsWith('the email')) return 'email';
  if (found.startsWith('the outgoing message')) return 'outgoing message';
  if (found.startsWith('the queue entry')) return 'queue entry';
  return found.startsWith('the account') ? 'account' : 'mailbox';
}
