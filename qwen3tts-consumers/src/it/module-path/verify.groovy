def run = evaluate(new File(its, 'run.groovy'))
def modulePath = "target/classes${File.pathSeparator}${new File(basedir, 'target/class.path').text.trim()}"
assert run("${System.getProperty('java.home')}/bin/java", '-p', modulePath, '-m', 'hello/hello.Hello', model, 'target/hello.wav') =~ /streamed [1-9]/
