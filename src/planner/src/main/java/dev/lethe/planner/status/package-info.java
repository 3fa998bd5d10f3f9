/** What the statuses of jobs and stages share: conditions, and the active time. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.status;
