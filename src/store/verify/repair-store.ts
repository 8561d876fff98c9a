import { openEngine } from '../open-engine.ts';
import type { StoreOptions } from '../store-options.ts';
import type { ProblemRule } from './problem.ts';
import { verifyStore, type VerifyReport } from './verify-store.ts';

export interface RepairReport {
  readonly before: VerifyReport;
  readonly after: VerifyReport;
}

/**
 * Rebuilds what can be derived: counts, sizes, quota use, the list of removed emails, the text index, and what THREAD goes by. Octets that
 * are lost stay lost. No server may run on the same SQLite database meanwhile; on PostgreSQL writes wait, and sessions end
 * of accounts whose modseq was mended.
 */
export async function repairStore(options: StoreOptions): Promise<RepairReport> {
  const before = await verifyStore(options);
  const engine = await openEngine(options);
  try {
    await engine.write('repairCounts', {});
    const isBroken = (rule: ProblemRule): boolean => before.problems.some((problem) => problem.rule === rule);
    if (isBroken('search-index')) await engine.write('resetSearch', {});
    if (isBroken('usual-fields')) await engine.write('resetUsualFields', {});
    if (isBroken('threading')) await engine.write('resetThreadFacts', {});
  } finally {
    await engine.close();
  }
  return { before, after: await verifyStore(options) };
}
