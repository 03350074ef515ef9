'use strict';

/** Packages that are published as ES modules only: Jest's own require cannot load them as they are. */
const ES_MODULES = [
  'content-disposition',
  'agenda',
  '@agendajs/mongo-backend',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer/inflate',
  '@borewit/text-codec',
];

const common = {
  testEnvironment: 'node',
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest'] },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
  moduleNameMapper: {
    '^@homecare/([a-z-]+)$': '<rootDir>/packages/$1/src/index.ts',
    // its exports name no entry for require but 'module-sync', which Jest does not know
    '^file-type$': '<rootDir>/node_modules/file-type/index.js',
  },
};

/** One project per kind of test, so that each names what it needs to start. */
module.exports = {
  testTimeout: 60_000,
  // the tests wait for sockets a third of the time: three keep two cores busy; by itself Jest would take one
  maxWorkers: 3,
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
