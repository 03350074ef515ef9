import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

const BUCKET = 'homecare-files';

/** A real S3 server, on a port and in a directory of its own. */
export class TestS3 {
  private constructor(
    private readonly server: S3rver,
    readonly endpoint: string,
  ) {}

  static async start(): Promise<TestS3> {
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory: mkdtempSync(join(tmpdir(), 'homecare-s3-')),
      configureBuckets: [{ name: BUCKET, configs: [] }],
    });
    const { port } = await server.run();
    return new TestS3(server, `http://127.0.0.1:${port}`);
  }

  /** The settings that put a service's files here. */
  environment(endpoint = this.endpoint): Record<string, string> {
    return {
      STORAGE_DRIVER: 's3',
      STORAGE_S3_ENDPOINT: endpoint,
      STORAGE_S3_BUCKET: BUCKET,
      // the one account that this server knows
      STORAGE_S3_ACCESS_KEY_ID: 'S3RVER',
      STORAGE_S3_SECRET_ACCESS_KEY: 'S3RVER',
      STORAGE_S3_FORCE_PATH_STYLE: 'true',
    };
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
