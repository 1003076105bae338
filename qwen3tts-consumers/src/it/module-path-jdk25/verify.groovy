def run = evaluate(new File(its, 'run.groovy'))
def home = jdk25 ?: new File('/usr/lib/jvm').listFiles().find { it.name.contains('25') }
assert run("$home/bin/java", '-version') =~ /version "25/
def modulePath = "target/classes${File.pathSeparator}${new File(basedir, 'target/class.path').text.trim()}"
assert run("$home/bin/java", '-p', modulePath, '-m', 'hello/hello.Hello', model, 'target/hello.wav') =~ /streamed [1-9]/
