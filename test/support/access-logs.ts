import type { AccessLog } from '../../src/modules/access-logs/access-log.schema';
import type { TestApp } from './app';
import { eventually } from './eventually';

/** The records of an event, oldest first, when as many as `count` are written. */
export async function written(app: TestApp, event: string, count: number): Promise<AccessLog[]> {
  return eventually(async () => {
    const records = await app.connection
      .collection<AccessLog>('access_logs')
      .find<AccessLog>({ event })
      .sort({ _id: 1 })
      .toArray();
    expect(records).toHaveLength(count);
    return records;
  });
}
