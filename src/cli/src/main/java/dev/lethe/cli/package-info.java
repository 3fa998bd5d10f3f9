/** The {@code lethe} command: arguments, the local run, and its progress. */
package dev.lethe.cli;
