package dev.lethe.api.document;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a record says with {@link Nullable} holds for its documents too: a component without it must be there, and an
 * absent list or map is read as an empty one.
 */
final class Nullness extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
        return neverNull(member)
                .map(component -> !isContainer(component.getType()))
                .orElse(null);
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated annotated) {
        return neverNull(annotated)
                .map(component ->
                        JsonSetter.Value.forValueNulls(isContainer(component.getType()) ? Nulls.AS_EMPTY : Nulls.FAIL))
                .orElse(JsonSetter.Value.empty());
    }

    private static Optional<RecordComponent> neverNull(Annotated annotated) {
        return component(annotated).filter(it -> !it.getAnnotatedType().isAnnotationPresent(Nullable.class));
    }

    /** The record component that a constructor's parameter, an accessor or a field stands for. */
    private static Optional<RecordComponent> component(Annotated annotated) {
        if (!(annotated instanceof AnnotatedMember member) || !isOurs(member.getDeclaringClass())) {
            return Optional.empty();
        }
        RecordComponent[] components = member.getDeclaringClass().getRecordComponents();
        return member instanceof AnnotatedParameter parameter
                ? Optional.of(components[parameter.getIndex()])
                : Arrays.stream(components)
                        .filter(it -> it.getName().equals(member.getName()))
                        .findFirst();
    }

    private static boolean isOurs(Class<?> type) {
        return type.isRecord() && type.getName().startsWith("dev.lethe.");
    }

    private static boolean isContainer(Class<?> type) {
        return Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
    }
}
