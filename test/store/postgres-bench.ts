import { Client } from 'pg';
import type { PostgresServer } from '../servers/postgres.ts';
import { startPostgresIfPossible } from '../servers/postgres.ts';
import type { SqlValue } from '../../src/store/sql/statement.ts';
import { PostgresDriver } from '../../src/store/postgres/postgres-driver.ts';
import type { PostgresOptions } from '../../src/store/postgres/postgres-driver.ts';

/** The server of the tests; undefined where none can be started. */
export const server: PostgresServer | undefined = await startPostgresIfPossible();

/** For tests: a database with table `t`, and drivers on it. */
export class Bench {
  #url = '';
  readonly #drivers: PostgresDriver[] = [];

  async start(): Promise<void> {
    this.#url = (await server?.createDatabase()) ?? '';
    await this.sql('CREATE TABLE t (k integer PRIMARY KEY, v bigint NOT NULL)');
  }

  get url(): string {
    return this.#url;
  }

  async open(options: Partial<PostgresOptions> = {}): Promise<PostgresDriver> {
    const driver = await PostgresDriver.open({ url: this.#url, ...options });
    this.#drivers.push(driver);
    return driver;
  }

  async closeAll(): Promise<void> {
    for (const driver of this.#drivers.splice(0)) await driver.close();
  }

  /** Past the driver. */
  async sql(text: string): Promise<SqlValue[][]> {
    const client = new Client({ connectionString: this.#url });
    await client.connect();
    try {
      const { rows } = await client.query<SqlValue[]>({ text, rowMode: 'array' });
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Ends all other connections to this database, as a restart of the server does. */
  async killAll(): Promise<void> {
    await this.sql(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
  }
}

/** Until it is so; a test that waits in vain ends with its time limit. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
