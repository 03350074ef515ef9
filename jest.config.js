'use strict';

const common = {
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  runtime: '<rootDir>/test/support/jest/runtime.js',
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest'] },
  moduleNameMapper: {
    '^@homecare/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
};

/** One project per kind of test, so that each names what it needs to start. */
module.exports = {
  // a real server may be an emulated one, which takes several times as long for everything
  testTimeout: process.env.TEST_MONGODB_URI ? 180_000 : 60_000,
  // the tests wait for sockets a third of the time: three keep two cores busy; by itself Jest would take one
  maxWorkers: 3,
  // `npm run coverage`; of the program, not of its tests
  collectCoverageFrom: ['src/**/*.ts', 'packages/*/src/**/*.ts', '!**/*.spec.ts', '!**/*.d.ts'],
  coverageReporters: ['text-summary', 'json-summary', 'html'],
  // what test files leave behind in a worker's memory goes with the worker
  workerIdleMemoryLimit: '1500MB',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'service',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.ts',
      globalTeardown: '<rootDir>/test/support/global-teardown.ts',
    },
    {
      ...common,
      displayName: 'embedded-mongo',
      testMatch: ['<rootDir>/packages/embedded-mongo/test/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'platform-sandbox',
      testMatch: ['<rootDir>/packages/platform-sandbox/test/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'h5',
      testMatch: ['<rootDir>/packages/h5/test/**/*.spec.ts'],
    },
  ],
};
