// Skips the project unless there is a JDK 25.
return jdk25 || new File('/usr/lib/jvm').list().any { it.contains('25') }
