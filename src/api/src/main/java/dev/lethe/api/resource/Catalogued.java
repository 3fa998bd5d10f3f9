package dev.lethe.api.resource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A part of a spec that the catalogue describes. A text is the name of something of that sort; a map has the options of all
 * that are of that sort, of which each may be set beside those that have it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Catalogued {
    /** What the catalogue is asked for. */
    Sort value();

    /** The sorts of things that have names. */
    enum Sort {
        OBJECTIVE,
        SUITE,
        METHOD,
        MERGE_PARAMETER,
        SEMANTICS,
        RECIPE
    }
}
