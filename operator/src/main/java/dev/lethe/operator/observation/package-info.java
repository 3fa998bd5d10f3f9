/** What is seen in a cluster: a Job, its pod, their events and its queue, as the planner's view of an attempt. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.observation;
