export { startSandbox, type Sandbox, type SandboxOptions } from './server';
export { spawnSandbox, type SpawnedSandbox, type SpawnOptions } from './spawn';
export { SANDBOX_CREDENTIALS } from './credentials';
export type { MerchantAccount } from './wechat-pay/keys';
