/** What can be named in a spec: one descriptor each, from which schemas, defaults, checks and documents are made. */
@NullMarked
package dev.lethe.catalog;

import org.jspecify.annotations.NullMarked;
