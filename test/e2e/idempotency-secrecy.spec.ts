import { createHash } from 'node:crypto';
import { IDEMPOTENCY_CLAIM, type IdempotencyClaim } from '../../src/common/idempotency/idempotency.schema';
import { type Collection, collectionToken } from '../../src/database/collections';
import { TestApp } from '../support/app';
import { userInput } from '../support/factories';

describe('what is kept of a request with an Idempotency-Key', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('does not let a password in it be guessed: the digest is keyed with the secret of the service', async () => {
    const admin = await app.asAdmin();
    const input = userInput();
    const created = await admin.post('/api/users', input, { 'idempotency-key': 'with-a-password' });
    expect(created.status).toBe(200);
    const claims = app.app.get<Collection<IdempotencyClaim>>(collectionToken(IDEMPOTENCY_CLAIM), {
      strict: false,
    });
    const claim = await claims.findOne({});
    expect(claim?.bodyHash).toMatch(/^[0-9a-f]{64}$/);
    const sorted = JSON.stringify(
      Object.fromEntries(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    const bare = [sorted, `[{},${sorted}]`, `[${sorted},{}]`].map((text) =>
      createHash('sha256').update(text).digest('hex'),
    );
    expect(bare).not.toContain(claim?.bodyHash);
    expect(JSON.stringify(claim)).not.toContain(input.password);
  });
});
