/** What the planner reports. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.status;
