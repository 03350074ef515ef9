'use strict';

/** One project per kind of test, so that each names what it needs to start. */
module.exports = {
  testTimeout: 30_000,
  projects: [
    {
      displayName: 'embedded-mongo',
      rootDir: 'packages/embedded-mongo',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      transform: { '\\.ts$': ['@swc/jest'] },
      testEnvironment: 'node',
    },
  ],
};
