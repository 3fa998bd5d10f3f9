/**
 * Pure planning: a job, the stages observed and the time in; the new status and a list of actions out. No client, no
 * I/O, no clock of its own: the operator and the local runner carry out the same plans.
 */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner;
