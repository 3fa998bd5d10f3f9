/** Turns a Job, its pod, their events and its queue into the planner's view of an attempt. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.observation;
