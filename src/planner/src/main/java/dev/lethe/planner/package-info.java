/**
 * Pure planning: from a job, its stages and the time to a new status and a list of actions. It has no client, no I/O and no
 * clock, so the operator and the local runner carry out the same plans.
 */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner;
