/** What jobs and stages report alike: conditions, and time that suspension does not count. */
@org.jspecify.annotations.NullMarked
package dev.lethe.planner.status;
