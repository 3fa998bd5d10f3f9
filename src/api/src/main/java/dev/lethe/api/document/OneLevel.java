package dev.lethe.api.document;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.util.NameTransformer;
import dev.lethe.api.resource.Execution;
import org.jspecify.annotations.Nullable;

/** Writes the fields of an {@link Execution} beside those of the spec that has it; {@link ByKind} reads them so. */
final class OneLevel extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public @Nullable NameTransformer findUnwrappingNameTransformer(AnnotatedMember member) {
        // Jackson would read what it unwraps without refusing unknown fields.
        return member.getRawType() == Execution.class && !(member instanceof AnnotatedParameter)
                ? NameTransformer.NOP
                : null;
    }
}
